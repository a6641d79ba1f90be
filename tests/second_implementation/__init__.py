"""A second implementation of vn-cbccvc 1.0, written from the documents alone."""
