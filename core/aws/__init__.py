"""The only door to AWS: one file per AWS service, our words in and out, no rules about media."""
