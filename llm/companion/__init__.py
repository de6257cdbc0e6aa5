"""What the embedded companion knows and how it finds an answer; its phrases are data in zh*.py and en*.py."""
