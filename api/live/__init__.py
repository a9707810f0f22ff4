"""What happens in a session, told while it happens."""
