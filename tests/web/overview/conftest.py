"""The rows of customers that the overview sums up."""

from tests.web.customers.conftest import add_customer

__all__ = ["add_customer"]
