"""The store: what outlives a process, in SQLite or PostgreSQL by the same code; begin at `store.open_store`."""
