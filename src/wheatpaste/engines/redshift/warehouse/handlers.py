"""Which function runs which kind of statement."""

from wheatpaste.engines.redshift.transfer.copy import copy
from wheatpaste.engines.redshift.transfer.unload import unload
from wheatpaste.engines.redshift.warehouse import alter, changes, control, cursors, ddl, drops, external, queries, user_views, users
from wheatpaste.engines.redshift.warehouse.session import Handler

HANDLERS: dict[str, Handler] = {
    "query": queries.query,
    "explain": queries.explain,
    "select_into": ddl.select_into,
    "insert": changes.insert,
    "update": changes.update,
    "delete": changes.delete,
    "merge": changes.merge,
    "truncate": changes.truncate,
    "create_table": ddl.create_table,
    "create_view": user_views.create_view,
    "create_materialized": user_views.create_materialized,
    "refresh": user_views.refresh,
    "drop_materialized": user_views.drop_materialized,
    "create_schema": ddl.create_schema,
    "create_external_schema": external.create,
    "drop": drops.drop,
    "begin": control.begin,
    "commit": control.commit,
    "rollback": control.rollback,
    "set": control.set_variable,
    "reset": control.reset,
    "show": control.show,
    "vacuum": control.vacuum,
    "analyze": control.analyze,
    "lock": control.lock,
    "discard": control.discard,
    "note": control.note,
    "comment": control.comment,
    "declare": cursors.declare,
    "fetch": cursors.fetch,
    "close": cursors.close,
    "copy": copy,
    "unload": unload,
    "alter_table": alter.alter_table,
    "create_user": users.create,
    "alter_user": users.alter,
    "drop_user": users.drop,
}
