"""The system a government quality award is run on."""
