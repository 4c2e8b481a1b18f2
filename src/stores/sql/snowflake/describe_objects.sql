-- Runs without a warehouse. Its pattern knows no case, so that more may come than is asked for.
show objects like {{pattern}} in schema {{schema}}
