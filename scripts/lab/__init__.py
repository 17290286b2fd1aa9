"""What the commands in scripts/ do: each is a module here, and all share one server, one client and one table."""
