import java.math.BigDecimal;
import java.sql.*;
import java.util.*;

/** What Spark and BI tools do over JDBC: batches, fetch sizes, prepared metadata, catalog look-ups. Prints one line per fact. */
public class Metadata {
    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        for (int i = 1; i < args.length; i++) properties.setProperty(args[i].split("=")[0], args[i].split("=")[1]);
        try (Connection connection = DriverManager.getConnection(args[0], properties)) {
            connection.setAutoCommit(false);
            Statement statement = connection.createStatement();
            statement.execute("create table jdbc_t (a int, b varchar(10), c decimal(10,2), d timestamp, e date, f boolean, g float8, h bigint)");
            PreparedStatement insert = connection.prepareStatement("insert into jdbc_t values (?,?,?,?,?,?,?,?)");
            for (int i = 0; i < 5; i++) {
                insert.setInt(1, i);
                insert.setString(2, i == 1 ? null : "it's " + i);
                insert.setBigDecimal(3, new BigDecimal("1.50"));
                insert.setTimestamp(4, Timestamp.valueOf("2024-01-02 03:04:05"));
                insert.setDate(5, java.sql.Date.valueOf("2024-02-29"));
                insert.setBoolean(6, true);
                insert.setDouble(7, 2.5);
                insert.setLong(8, 1L << 40);
                insert.addBatch();
            }
            System.out.println("batch " + insert.executeBatch().length);
            connection.commit();
            statement.setFetchSize(2);
            ResultSet rows = statement.executeQuery("select * from jdbc_t order by a");
            int count = 0;
            while (rows.next()) {
                count++;
                if (rows.getInt(1) == 4) System.out.println("row " + rows.getString(2) + " " + rows.getBigDecimal(3) + " " + rows.getDate(5) + " " + rows.getLong(8));
            }
            System.out.println("rows " + count);
            connection.commit();
            try {
                statement.executeQuery("select nope from jdbc_t");
            } catch (SQLException error) {
                System.out.println("error " + error.getSQLState());
            }
            connection.rollback();
            ResultSet columns = connection.getMetaData().getColumns(null, "public", "jdbc_t", null);
            StringJoiner types = new StringJoiner(",");
            while (columns.next()) types.add(columns.getString(4) + ":" + columns.getString(6));
            System.out.println("columns " + types);
            connection.rollback();
            statement.execute("create table jdbc_p (id int not null, k varchar(5) not null, primary key (id, k))");
            statement.execute("create table jdbc_c (x int, y varchar(5), foreign key (x, y) references jdbc_p(id, k))");
            connection.commit();
            DatabaseMetaData data = connection.getMetaData();
            System.out.println("tables " + list(data.getTables(null, "public", "jdbc\\_%", new String[] {"TABLE"}), 3, 4));
            System.out.println("primary " + list(data.getPrimaryKeys(null, "public", "jdbc_p"), 4, 5, 6));
            System.out.println("imported " + list(data.getImportedKeys(null, "public", "jdbc_c"), 3, 4, 8, 12));
            System.out.println("exported " + list(data.getExportedKeys(null, "public", "jdbc_p"), 7, 8, 9));
            System.out.println("schemas " + list(data.getSchemas(null, "public"), 1));
            System.out.println("none " + list(data.getFunctions(null, null, "%"), 3) + list(data.getProcedures(null, null, "%"), 3)
                + list(data.getIndexInfo(null, "public", "jdbc_p", false, false), 6));
            System.out.println("types " + data.getTypeInfo().next());
        }
    }

    static String list(ResultSet rows, int... columns) throws Exception {
        StringJoiner found = new StringJoiner(",");
        while (rows.next()) {
            StringJoiner row = new StringJoiner(":");
            for (int column : columns) row.add(rows.getString(column));
            found.add(row.toString());
        }
        return found.toString();
    }
}
