"""The addresses of second factors and providers, by the names that allauth knows."""

from allauth.account import views as sign_in_views
from django.urls import include, path
from django.views.generic import RedirectView

from banso.site.providers import HAS_SAML
from banso.web.accounts import views

urlpatterns = [
    path("sign-in", views.sign_in, name="account_login"),
    path("sign-out", views.sign_out, name="account_logout"),
    path("settings/proof", sign_in_views.reauthenticate, name="account_reauthenticate"),
    # where allauth sends somebody who took a passkey away
    path(
        "settings/factors/webauthn/",
        RedirectView.as_view(pattern_name="mfa_index"),
        name="mfa_list_webauthn",
    ),
    path("settings/factors/", include("allauth.mfa.urls")),
    path("sso/oidc/<slug:provider_id>/login/", views.oidc_start),
    path("sso/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("sso/cancelled", views.cancelled, name="socialaccount_login_cancelled"),
]
if HAS_SAML:
    urlpatterns += [
        path("sso/saml/<slug:organization_slug>/acs/finish/", views.saml_finish),
        path("sso/", include("allauth.socialaccount.providers.saml.urls")),
    ]
