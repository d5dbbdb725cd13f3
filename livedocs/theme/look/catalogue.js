// What filtering cannot do by CSS: by a word, counting, and what the address asks for.

const form = document.querySelector(".ss-filters");
const cards = [...document.querySelectorAll(".ss-card")];
const found = document.querySelector(".ss-found"), none = document.querySelector(".ss-none");

const show = () => {
  const words = form.q.value.toLowerCase().split(/\s+/);
  for (const card of cards) {
    const text = `${card.textContent} ${card.dataset.keywords}`.toLowerCase();
    card.hidden = !words.every((word) => text.includes(word));
  }
  const left = cards.filter((card) => card.offsetParent).length; // the radios hide cards by CSS
  found.textContent = left === 1 ? "1 tutorial" : `${left} tutorials`;
  none.style.display = left ? "none" : "block";
};

const asked = new URLSearchParams(location.search);
for (const name of ["q", "framework", "subject"]) {
  if (asked.has(name)) form.elements[name].value = asked.get(name);
}
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(() => { show(); form.q.focus(); })); // after it
addEventListener("pageshow", show); // the browser may bring back what was chosen
show();
