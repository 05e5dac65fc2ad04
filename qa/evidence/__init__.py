"""Choose the sentences of an abstract that answer a question."""
