"""A Hive statement to what carries it out."""

from wheatpaste.services.athena.ddl import databases, partitions, prepare, show, tables, views
from wheatpaste.services.athena.ddl import statements as s
from wheatpaste.services.athena.ddl.answer import Answer, Handler
from wheatpaste.services.athena.outcome import Result
from wheatpaste.services.athena.output import staged, text_lines
from wheatpaste.services.athena.result_types import text_column
from wheatpaste.services.athena.running import Running

HANDLERS: dict[type, Handler] = {
    s.CreateDatabase: databases.create,
    s.DropDatabase: databases.drop,
    s.CreateTable: tables.create,
    s.Drop: tables.drop,
    s.SetProperties: tables.set_properties,
    s.SetLocation: tables.set_location,
    s.ChangeColumns: tables.change_columns,
    s.AddPartitions: partitions.add,
    s.DropPartitions: partitions.drop,
    s.RenamePartition: partitions.rename,
    s.Repair: partitions.repair,
    s.CreateView: views.create,
    s.Show: show.show,
    s.Describe: show.describe,
    s.Prepare: prepare.prepare,
    s.Deallocate: prepare.deallocate,
}


def run_statement(running: Running, statement: s.Statement) -> Result:
    """Carry it out and keep its text."""
    answer: Answer = HANDLERS[type(statement)](running, statement)
    file = staged(running.aws, running.location, [text_lines(answer.lines)])
    return Result([text_column(name) for name in answer.columns], True, 0, len(answer.lines), file.blob.size, files=[file])
