"""Uploaded evidence: told by its bytes, kept once under its digest, handed out inert."""

import datetime
import hashlib

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from tests.tracker.documents.files import docx_of, zip_of
from tracker import clock, permissions
from tracker.enums import Move
from tracker.exceptions import InvalidInput, MoveRefused, SecrecyMark
from tracker.models import Evidence, Task
from tracker.services import evidence, files, tasks

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
PDF = b"%PDF-1.4\n<script>alert(1)</script>\n%%EOF"
TYPES = '<?xml version="1.0"?><Types/>'


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"


def typed(**changed):
    given = {
        "title": "第三期通知",
        "kind": "notice",
        "dated_on": "2025-06-01",
        "disclosure": "public",
        "claim": "第三期已办",
        "not_classified": "on",
    }
    return given | changed


def upload(name, content):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(
    ("name", "content", "ending"),
    [
        ("a.exe", PNG, ".png"),
        ("b", PDF, ".pdf"),
        ("c.docx", docx_of("通知"), ".docx"),
        ("d.xlsx", zip_of({"[Content_Types].xml": TYPES, "xl/workbook.xml": "<a/>"}), ".xlsx"),
        ("e.ofd", zip_of({"OFD.xml": "<a/>"}), ".ofd"),
        ("f.html", "培训了三期,共二百人。".encode(), ".txt"),
        ("g.jpeg", b"\xff\xd8\xff\xe0" + b"0" * 20, ".jpg"),
    ],
)
def test_the_bytes_decide_what_a_file_is(world, name, content, ending):
    kept = files.keep(name, content, by=world.staff)
    assert kept.name.endswith(ending)
    assert kept.digest == hashlib.sha256(content).hexdigest()
    assert files.path_of(kept.digest).read_bytes() == content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!doctype html><html><script>alert(1)</script></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'\xef\xbb\xbf <?xml version="1.0"?><svg/>',
        b"MZ\x90\x00" + b"\0" * 60,
        b"\x7fELF" + b"\0" * 60,
        b"Rar!\x1a\x07" + b"0" * 20,
        b"GIF89a" + b"0" * 20,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600,
        zip_of({"a.exe": "x"}),
        zip_of({"[Content_Types].xml": TYPES, "word/document.xml": "<a/>", "word/vbaProject.bin": "x"}),
        b"PK\x03\x04 broken",
        b"\x00\x01\x02\x03" * 50,
    ],
)
def test_what_could_act_or_is_not_known_is_refused(world, content, tmp_path):
    with pytest.raises(InvalidInput) as refusal:
        files.keep("通知.pdf", content, by=world.staff)
    assert refusal.value.field == "file" and str(refusal.value)
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_a_file_beyond_the_limit_is_refused(world, settings):
    settings.EVIDENCE_MOST_MB = 1
    with pytest.raises(InvalidInput, match="1"):
        files.keep("a.png", PNG + b"0" * 2**20, by=world.staff)


@pytest.mark.parametrize(("name", "words"), [("机密★10年.docx", "通知"), ("通知.docx", "绝密★")])
def test_a_mark_of_secrecy_in_name_or_text_is_refused(world, name, words, tmp_path):
    with pytest.raises(SecrecyMark):
        files.keep(name, docx_of(words), by=world.staff)
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\通知.png", "通知"),
        ("通\u202e知\r\n.png", "通知"),
        ("....", "file"),
        ("a" * 300 + ".png", "a" * 100),
        ("照片.png.exe", "照片.png"),
    ],
)
def test_names_are_made_harmless(world, name, stem):
    assert files.keep(name, PNG, by=world.staff).name == f"{stem}.png"


def test_a_deposit_takes_the_file(world):
    task = world.started()
    kept = files.keep("现场.png", PNG, by=world.staff)
    item = world.proof(task, file=kept, address="").evidence
    assert (item.file_digest, item.file_name, item.file_type, item.file_size) == (
        kept.digest,
        "现场.png",
        "image/png",
        len(PNG),
    )


class TestThePages:
    def test_a_file_comes_in_by_the_form_and_goes_out_inert(self, world, signed_in):
        client, task = signed_in(world.staff), world.started()
        address = reverse("evidence_new", args=[task.pk])
        assert client.post(address, typed(file=upload("通知.pdf", PDF))).status_code == 302
        item = Evidence.objects.get()
        answer = client.get(reverse("evidence_file", args=[item.pk]))
        assert b"".join(answer) == PDF
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert client.get(reverse("evidence_picture", args=[item.pk])).status_code == 404

    def test_a_file_that_was_sent_is_not_asked_for_again(self, world, signed_in):
        client, task = signed_in(world.staff), world.started()
        address = reverse("evidence_new", args=[task.pk])
        page = client.post(address, typed(file=upload("通知.pdf", PDF), dated_on=""))
        ticket = page.context["proof"].ticket
        assert page.status_code == 400 and ticket in page.content.decode()
        assert client.post(address, typed(kept=ticket)).status_code == 302
        assert Evidence.objects.get().file_name == "通知.pdf"

    def test_a_draft_keeps_the_file_until_it_is_sent(self, world, signed_in):
        client, task = signed_in(world.staff), world.started()
        address = reverse("report_progress", args=[task.pk])
        proof = {f"new-{name}": value for name, value in typed(file=upload("通知.pdf", PDF)).items()}
        words = {"progress": "60", "summary": "第三期已开班", "version": str(task.version)}
        assert client.post(address, words | proof | {"save_draft": "1"}).status_code == 302
        page = client.get(address)
        ticket = page.context["proof"].ticket
        assert ticket in page.content.decode()
        again = {f"new-{name}": value for name, value in typed(kept=ticket).items()}
        assert client.post(address, words | again).status_code == 302
        assert Evidence.objects.get().file_name == "通知.pdf"

    def test_a_draft_with_a_file_that_is_not_taken_says_so(self, world, signed_in):
        client, task = signed_in(world.staff), world.started()
        proof = {f"new-{name}": value for name, value in typed(file=upload("a.pdf", b"<svg/>")).items()}
        words = {"progress": "60", "summary": "第三期已开班", "version": str(task.version), "save_draft": "1"}
        page = client.post(reverse("report_progress", args=[task.pk]), words | proof)
        assert (page.status_code, list(page.context["proof"].errors)) == (400, ["file"])

    def test_a_file_that_left_the_store_is_asked_for_again(self, world, signed_in):
        task, kept = world.started(), files.keep("现场.png", PNG, by=world.staff)
        ticket = files.ticket(kept, by=world.staff)
        files.path_of(kept.digest).unlink()
        page = signed_in(world.staff).post(reverse("evidence_new", args=[task.pk]), typed(kept=ticket))
        assert (page.status_code, "file" in page.context["proof"].errors) == (400, True)
        assert not Evidence.objects.exists()

    def test_nobody_elses_ticket_counts(self, world, signed_in):
        task = world.started()
        stolen = files.ticket(files.keep("内部.png", PNG, by=world.second_staff), by=world.second_staff)
        for text in (stolen, "forged", ""):
            page = signed_in(world.staff).post(reverse("evidence_new", args=[task.pk]), typed(kept=text))
            assert page.status_code == 400
        assert not Evidence.objects.exists()

    def test_a_refused_file_is_named_at_its_field(self, world, signed_in):
        task = world.started()
        page = signed_in(world.staff).post(
            reverse("evidence_new", args=[task.pk]), typed(file=upload("a.pdf", b"<svg/>"))
        )
        assert (page.status_code, list(page.context["proof"].errors)) == (400, ["file"])

    def test_internal_files_are_seen_by_those_of_the_item_alone(self, world, signed_in):
        kept = files.keep("内部.png", PNG, by=world.staff)
        item = world.proof(world.started(), file=kept, disclosure="internal").evidence
        for name in ("evidence_file", "evidence_picture", "evidence_preview"):
            address = reverse(name, args=[item.pk])
            assert signed_in(world.second_staff).get(address).status_code == 404
            assert signed_in(world.staff).get(address).status_code == 200

    def test_the_preview_shows_words_escaped(self, world, signed_in):
        kept = files.keep("通知.docx", docx_of("关于<b>培训</b>的通知"), by=world.staff)
        item = world.proof(world.started(), file=kept).evidence
        body = signed_in(world.viewer).get(reverse("evidence_preview", args=[item.pk])).content.decode()
        assert "关于&lt;b&gt;培训&lt;/b&gt;的通知" in body

    def test_a_file_that_is_gone_is_not_found(self, world, signed_in):
        item = world.proof(world.started(), file=files.keep("a.png", PNG, by=world.staff)).evidence
        files.path_of(item.file_digest).unlink()
        for name in ("evidence_file", "evidence_picture"):
            assert signed_in(world.staff).get(reverse(name, args=[item.pk])).status_code == 404


def test_a_changed_file_is_found_out(world):
    item = world.proof(world.started(), file=files.keep("a.png", PNG, by=world.staff)).evidence
    assert list(files.damaged()) == []
    place = files.path_of(item.file_digest)
    place.chmod(0o600)
    place.write_bytes(PNG.replace(b"0", b"1"))
    assert list(files.damaged()) == [(item.number, True)]
    with pytest.raises(CommandError, match=item.number):
        call_command("verify_history")
    place.unlink()
    assert list(files.damaged()) == [(item.number, False)]


class TestWhatExpires:
    def test_it_proves_nothing_afterwards(self, world):
        task = world.started()
        world.proof(task, valid_until=datetime.date(2025, 6, 20))
        assert permissions.can_move(world.staff, Task.objects.get(pk=task.pk), Move.SUBMIT)
        with clock.at(clock.now() + datetime.timedelta(days=5)), pytest.raises(MoveRefused):
            tasks.submit(task.pk, by=world.staff, summary="完成")

    def test_what_is_past_already_is_refused(self, world):
        with pytest.raises(InvalidInput) as refusal:
            world.proof(world.started(), valid_until=datetime.date(2025, 6, 15))
        assert refusal.value.field == "valid_until"

    def test_what_has_expired_is_no_evidence_in_the_lists_either(self, world):
        task = world.started()
        world.proof(task, valid_until=datetime.date(2025, 6, 20))
        last, after = datetime.date(2025, 6, 20), datetime.date(2025, 6, 21)
        assert task not in Task.objects.without_evidence(last)
        assert task in Task.objects.without_evidence(after)
        assert list(task.evidence_uses.standing(after)) == []

    def test_what_expired_before_the_close_out_needs_other_proof(self, world):
        task = world.started()
        use = world.proof(task, valid_until=datetime.date(2025, 6, 20))
        tasks.submit(task.pk, by=world.head, summary="完成")
        evidence.judge(use.pk, by=world.reviewer, authentic=True, timely=True, relevant=True)
        with clock.at(clock.now() + datetime.timedelta(days=5)), pytest.raises(MoveRefused):
            tasks.approve(task.pk, by=world.reviewer)
        assert tasks.approve(task.pk, by=world.reviewer).status == "completed"

    def test_the_library_finds_it(self, world, signed_in):
        world.proof(world.started(), valid_until=datetime.date(2025, 6, 20))
        address = reverse("evidence_library", args=[world.plan.pk])
        assert len(signed_in(world.viewer).get(address, {"state": "expired"}).context["rows"]) == 0
        with clock.at(clock.now() + datetime.timedelta(days=5)):
            assert len(signed_in(world.viewer).get(address, {"state": "expired"}).context["rows"]) == 1
