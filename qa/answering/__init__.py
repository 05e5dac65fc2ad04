"""Make an answer of ranked papers: from their own sentences, or by a language model."""
