// Says on the page that a passkey was not used; allauth only tells the console.
document.addEventListener("allauth.error", (event) => {
  const failure = document.querySelector("[data-passkey-failure]");
  if (failure) {
    event.preventDefault();
    failure.hidden = false;
  }
});
