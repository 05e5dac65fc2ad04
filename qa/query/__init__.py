"""From the words of one question to a parsed query: filters, intent, and the text to search with."""
