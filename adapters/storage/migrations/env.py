"""Alembic's entrance: runs migrations on the connection that `migrating.configuration` was given."""

from alembic import context

from adapters.storage.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
