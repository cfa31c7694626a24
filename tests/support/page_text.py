"""What a reader sees of a page."""

import html
import re

from django.test import Client


def plain(client: Client, url: str) -> str:
    """Return the text of a page that answers, without its scripts and marks."""
    response = client.get(url)
    assert response.status_code == 200
    page = re.sub(r"(?s)<script.*?</script>", " ", response.content.decode())
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))
