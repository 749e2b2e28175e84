"""What the site sends instead of a tracklist, mostly with status 200."""

from tests.tracklists.site.pages import TURNSTILE, Head, document, tracklist


def challenge() -> str:
    """It still names the page that was asked for."""
    script = "i=document.createElement('input');i.type='hidden';i.name='bChk';i.value= aB.toLowerCase();f.submit();"
    return document(
        "<h1>Please wait, you will be forwared to the wanted page</h1><form method='post'>"
        '<input type="hidden" name="captcha" value="1"><input type="hidden" name="ts" value="1700000000">'
        f'</form><script>{script}</script><div class="cf-turnstile"></div>',
        head=f'{TURNSTILE}<meta property="og:url" content="{Head().url}">',
        title=Head().name,
    )


def ip_block() -> str:
    return document(
        '<h1 class="h1">Your IP or guest/user account has been limited due to overuse. Your IP is 192.0.2.7.</h1>'
        '<form method="post" action="/info/unblock_ip.html"><h1>Fill out the captcha to unblock your IP!</h1>'
        '<input type="hidden" name="cSalt" value="s"><input name="captcha"></form>'
    )


def captcha() -> str:
    return document(
        '<h1>We need to validate your are real human!</h1><img id="captcha" src="data:,"><input name="captcha">'
    )


def too_many_requests() -> str:
    return document("<h1>You have sent too many requests in a short time.</h1>")


def shell(count: int = 12) -> str:
    """A page whose rows a script would fetch."""
    return tracklist((), count=count)


def without_tracks() -> str:
    return tracklist((), count=0)


def news() -> str:
    return document("<h1>The ten best sets of the year</h1><p>Read all about them.</p>", title="News")
