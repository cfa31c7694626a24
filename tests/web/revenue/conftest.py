"""The small company of the customer's page: three contracts, one of which ended."""

from tests.web.customer.conftest import computed, project, published

__all__ = ["computed", "project", "published"]
