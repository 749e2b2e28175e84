"""What `config/` has: started, stopped and asked as on a machine of its own."""
