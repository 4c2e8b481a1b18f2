package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

const overdue = `
	SELECT case_no, due_on
	FROM court.deadline
	WHERE due_on < current_date`

func run(ctx context.Context, conn *pgx.Conn, schema string) error {
	rows, err := conn.Query(ctx, overdue)
	if err != nil {
		return fmt.Errorf("select from deadline failed: %w", err)
	}
	defer rows.Close()
	_, err = conn.Exec(ctx, fmt.Sprintf("TRUNCATE TABLE %s.overdue_report", schema))
	return err
}
