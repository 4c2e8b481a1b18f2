-- Runs without a warehouse; for views too.
describe table {{relation}}
