"""Sphinx configuration of the documentation site (scripts/make-site.sh)."""
import os

project = "MH-CNN"
author = "The MH-CNN developers"
copyright = "The MH-CNN developers. Apache-2.0"
version = release = os.environ["MHCNN_VERSION"]
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "index"
exclude_patterns = ["docs/images"]
myst_heading_anchors = 4
myst_enable_extensions = ["deflist", "attrs_block"]
# A link to a file that is not a page becomes a download.
myst_all_links_external = False
html_theme = "furo"
html_title = f"MH-CNN {release}"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
# The same sources give the same bytes.
html_last_updated_fmt = None
pygments_style = "friendly"
pygments_dark_style = "native"
_LIGHT = {"color-brand-primary": "#8a5a00", "color-brand-content": "#8a5a00"}
_DARK = {
    "color-brand-primary": "#f5b83d",
    "color-brand-content": "#f5b83d",
    "color-background-primary": "#0f1011",
    "color-background-secondary": "#17181a",
    "color-background-hover": "#232528",
    "color-background-border": "#2b2d30",
    "color-foreground-primary": "#f2f2f2",
    "color-foreground-secondary": "#b4b8bd",
    "color-foreground-muted": "#8d9196",
    "color-code-background": "#17181a",
}
html_theme_options = {
    "light_css_variables": _LIGHT,
    "dark_css_variables": _DARK,
    "announcement": "A research tool, not a medical device.",
    "top_of_page_buttons": [],
}
