package court.report;

import java.sql.Connection;
import java.sql.PreparedStatement;

/** Select the hearings from the calendar. */
public class HearingReport {
    private static final String TABLE = "court.hearing";
    private static final String BY_ROOM =
        "SELECT room, count(*) AS n " +
        "FROM " + TABLE + " h " + // the calendar's "main" table
        "WHERE h.held_on BETWEEN ? AND ? " +
        "GROUP BY room";

    String forJudge(Connection connection, String order) throws Exception {
        String sql = """
            SELECT h.id, h.case_no, 'O''Neil' AS "presiding \\ judge"
            FROM court.hearing h
            WHERE h.judge_id = ?
            ORDER BY %s
            """.formatted(order);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            log.info("Select statement from the report: " + sql);
            return statement.executeQuery().toString();
        }
    }

    int close(Connection connection, long id) throws Exception {
        return connection.prepareStatement("UPDATE court.hearing SET state = 'closed' WHERE id = " + id).executeUpdate();
    }
}
