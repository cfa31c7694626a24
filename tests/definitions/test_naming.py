from banso.definitions.reading import read_catalog
from banso.definitions.starter_set import starter_files
from banso.kernel.labels import Label

NAMES = """
schema_version: 1
names:
  columns: {employees: {ja: 従業員数, en: Employees}}
  events: {login: {ja: ログイン, en: Log-in}}
  values:
    purpose: {invoice_law: {ja: インボイス制度への対応, en: The invoice law}}
"""


def read(names: str):
    return read_catalog({**starter_files(), "names.yaml": names.encode()})


def test_columns_events_and_values_have_names():
    catalog, issues = read(NAMES)
    assert issues == []
    assert catalog.names.column("employees") == Label("従業員数", "Employees")
    assert catalog.names.event("login") == Label("ログイン", "Log-in")
    found = catalog.names.value("purpose", "invoice_law")
    assert found == Label("インボイス制度への対応", "The invoice law")


def test_what_nobody_named_has_no_name():
    catalog, _issues = read(NAMES)
    assert catalog.names.column("prefecture") is None
    assert catalog.names.value("purpose", "login") is None
    assert catalog.names.value("plan", "pro") is None


def test_a_name_in_one_language_is_a_fault_with_its_line():
    catalog, issues = read(NAMES.replace(", en: Log-in", ""))
    assert catalog is None
    assert [(issue.path, issue.line) for issue in issues] == [
        ("definitions/names.yaml", 5)
    ]


def test_names_belong_to_the_version_of_the_definitions():
    without, _issues = read_catalog(starter_files())
    named, _issues = read(NAMES)
    assert without.digest != named.digest
