"""People and groups as the company's directory gives them, by SCIM 2.0."""
