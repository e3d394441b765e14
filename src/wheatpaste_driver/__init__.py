"""What runs inside a job's process: starts the user's script and tells how it ended. Standard library only."""
