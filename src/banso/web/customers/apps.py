"""What the frame shows of the customers."""

from banso.webkit.features import Feature


class CustomersFeature(Feature):
    """The list of customers."""

    name = "banso.web.customers"
    label = "customers"
