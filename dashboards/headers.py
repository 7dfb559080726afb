"""What a browser may do with our pages."""

from flask import Blueprint, Response

# Of the two style elements that Plotly's script makes: an empty one, which it fills rule by rule,
# and that of its maps. Nothing else passes for these.
PLOTLYS_STYLES = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' "
    "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='"
)
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        f"style-src 'self' {PLOTLYS_STYLES}",
        "img-src 'self' data: blob:",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Under no-referrer a browser would send our own forms with `Origin: null`.
    "Referrer-Policy": "same-origin",
}


def harden(blueprint: Blueprint) -> None:
    """Sends `HEADERS` with all that a blueprint answers."""
    blueprint.after_request(_hardened)


def _hardened(response: Response) -> Response:
    response.headers.update(HEADERS)
    if not response.cache_control.max_age:
        response.cache_control.no_cache = True
        response.cache_control.private = True
    return response
