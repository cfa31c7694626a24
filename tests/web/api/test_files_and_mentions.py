"""Files of entries and mentions, as programs send and read them."""

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.web.conftest import Cast
from tests.web.timeline.conftest import computed, project, published, record

from banso.web.audit.models import AuditEntry, PersonalRead
from banso.web.timeline.models import Attachment, Mention

__all__ = ["computed", "project", "published", "record"]


def test_file_goes_up_and_comes_down_as_it_was(cast: Cast, record, program):
    entry = record("見積もりの相談")
    chika, at = program(cast.chika), f"/api/v1/entries/{entry.pk}/attachments"
    content = b"PDF\x00 \\u0000 bytes"
    files = [SimpleUploadedFile("../見積.pdf", content), SimpleUploadedFile("b", b"x")]

    answer = chika.post(at, {"files": files})
    (kept, _other) = answer.json()["files"]
    down = chika.get(f"/api/v1/attachments/{kept['attachment_id']}")

    assert answer.status_code == 200, answer.content
    assert (kept["name"], kept["size"]) == ("見積.pdf", len(content))
    assert b"".join(down) == content
    assert AuditEntry.objects.filter(action="attachment_added").count() == 1
    assert PersonalRead.objects.filter(kind="files").exists()


def test_file_that_does_not_fit_keeps_nothing(cast: Cast, record, program):
    entry = record("見積もりの相談")
    at = f"/api/v1/entries/{entry.pk}/attachments"
    chika, aoi = program(cast.chika), program(cast.aoi)

    def send(client, *files):
        return client.post(at, {"files": list(files)})

    large = SimpleUploadedFile("large", b"x" * (10 * 1024 * 1024 + 1))
    too_large = send(chika, SimpleUploadedFile("a", b"a"), large)
    many = send(chika, *(SimpleUploadedFile(str(n), b"x") for n in range(6)))
    foreign = send(aoi, SimpleUploadedFile("a", b"a"))
    nothing = chika.post(at, {})
    broken = chika.generic("POST", at, b"--x", "multipart/form-data; boundary=")
    huge = chika.generic(
        "POST", at, b"x" * 20_000_001, "multipart/form-data; boundary=x"
    )
    unseen = send(program(cast.ben), SimpleUploadedFile("a", b"a"))

    assert (too_large.status_code, too_large.json()["code"]) == (
        422, "attachment_too_large",
    )  # fmt: skip
    assert (many.status_code, many.json()["code"]) == (422, "too_many_attachments")
    assert (foreign.status_code, foreign.json()["code"]) == (409, "not_the_author")
    assert nothing.json()["errors"][0]["place"] == "file.files"
    assert (broken.status_code, broken.json()["code"]) == (400, "body_unreadable")
    assert huge.status_code == 413
    assert unseen.status_code in (403, 404)
    assert not Attachment.objects.exists()


def test_mentions_wait_until_they_are_read(cast: Cast, record, program):
    for text in ("@Aoi 一件目", "@Aoi 二件目", "だれも"):
        record(text)
    aoi = program(cast.aoi)

    first = aoi.get("/api/v1/mentions", {"limit": 1}).json()
    second = aoi.get(first["next"]).json()
    read = aoi.post("/api/v1/mentions/reading")
    after = aoi.get("/api/v1/mentions").json()

    assert first["unread"] == 2
    told = [page["items"][0]["text"] for page in (first, second)]
    assert sorted(told) == ["@Aoi 一件目", "@Aoi 二件目"]
    assert second["next"] is None
    assert read.json() == {"read": 2}
    assert (after["unread"], after["items"]) == (0, [])
    assert not Mention.objects.filter(read_at=None).exists()
