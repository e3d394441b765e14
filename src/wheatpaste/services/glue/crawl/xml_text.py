"""XML: the elements of a row tag as records. Attributes get ``_`` before their names, mixed text is ``_VALUE``: as in Glue's XML reader."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from wheatpaste.services.glue.crawl.finding import Finding
from wheatpaste.services.glue.crawl.text_values import cell_type
from wheatpaste.services.glue.crawl.types import HiveType, merge, merge_columns

RECORDS = 1000
DEEPEST = 100


@dataclass
class Element:
    """One element; ``closed`` is False where the text was cut off."""

    tag: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    text: str = ""
    closed: bool = False

    def walk(self, tag: str) -> Iterator["Element"]:
        """The elements of that tag, not those inside one another."""
        for child in self.children:
            if child.tag == tag:
                yield child
            else:
                yield from child.walk(tag)


def parse(text: str, complete: bool) -> Element | None:
    """The document's root, or None for what is no XML; a text that is cut off gives what it holds."""
    top = Element("", {})
    open_elements = [top]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(open_elements) > DEEPEST:
            raise ValueError("too deep")
        element = Element(tag, attributes)
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(tag: str) -> None:
        open_elements.pop().closed = True

    def data(content: str) -> None:
        open_elements[-1].text += content

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    try:
        parser.Parse(text, complete)
    except (expat.ExpatError, ValueError):
        return None
    return top.children[0] if top.children else None


def read_xml(text: str, complete: bool, row_tag: str = "", classification: str = "xml") -> Finding | None:
    """The schema of the row tag's elements; without one, of the tag that comes most often below the root."""
    if not text.lstrip("\ufeff \t\r\n").startswith("<"):
        return None
    root = parse(text.lstrip("\ufeff \t\r\n"), complete)
    if root is None:
        return None
    tag = row_tag or _row_tag(root)
    rows = [root] if root.tag == tag else list(root.walk(tag))
    rows = [row for row in rows if row.closed][:RECORDS]
    kind: HiveType = "null"
    for row in rows:
        kind = merge(kind, element_type(row))
    if not isinstance(kind, dict):
        return None  # no such element, or empty ones: AWS asks for elements with content of their own
    columns = merge_columns([], [(name.lower(), inner) for name, inner in kind["struct"]])
    size = max(1, len(text.encode()) // len(rows))
    return Finding(classification, "xml", tuple(columns), len(rows), size, parameters={"rowTag": tag}, serde={"rowTag": tag})


def _row_tag(root: Element) -> str:
    counts = Counter(child.tag for child in root.children)
    return counts.most_common(1)[0][0] if counts and counts.most_common(1)[0][1] > 1 else root.tag


def element_type(element: Element) -> HiveType:
    """A struct for an element with attributes or children, else the type of its text."""
    text = element.text.strip()
    if not element.attributes and not element.children:
        return cell_type(text)
    fields: dict[str, HiveType] = {f"_{name}": cell_type(value.strip()) for name, value in element.attributes.items()}
    counts = Counter(child.tag for child in element.children)
    for child in element.children:
        inner = element_type(child)
        if counts[child.tag] > 1:
            inner = {"array": inner}
        fields[child.tag] = merge(fields[child.tag], inner) if child.tag in fields else inner
    if text:
        fields["_VALUE"] = cell_type(text)
    return {"struct": [[name, kind] for name, kind in fields.items()]}
