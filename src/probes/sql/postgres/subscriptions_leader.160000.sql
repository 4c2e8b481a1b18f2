-- Since 16: parallel workers of a leader apply large transactions.
w.leader_pid is null
