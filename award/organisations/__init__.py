"""The register of organisations and who may act for them."""
