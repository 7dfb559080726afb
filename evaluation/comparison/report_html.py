"""A page as HTML that needs nothing beside it: no network, no files."""

from base64 import b64encode

from jinja2 import Environment, PackageLoader, StrictUndefined

from evaluation.comparison.page import Page, Picture

TEMPLATE = "report.html.jinja"


def html_page(page: Page) -> str:
    """Renders a page through the template beside this file; all text is escaped.

    Args:
        page: What to show; its pictures are written into the page.
    """
    environment = Environment(
        loader=PackageLoader("evaluation.comparison", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.filters["data_url"] = _data_url
    return environment.get_template(TEMPLATE).render(page=page)


def _data_url(picture: Picture) -> str:
    return f"data:image/png;base64,{b64encode(picture.png).decode()}"
