"""English: from written text to ARPA phones. Two rule sets, upstream's and ours, over one pipeline."""
