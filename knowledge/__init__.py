"""What the policies say: synchronous, deterministic, no I/O, no clock."""
