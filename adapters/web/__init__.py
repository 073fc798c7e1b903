"""The ask page and the documents, in a browser."""
