"""A second implementation of vn-cbccvc 1.0, written from its documents alone: Werkzeug and SQLite."""
