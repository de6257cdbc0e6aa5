"""Who answers: a language model, or the embedded companion."""
