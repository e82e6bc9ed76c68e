"""One SQLite file in WAL mode behind SQLAlchemy Core: many readers, one writer, batched commits."""
