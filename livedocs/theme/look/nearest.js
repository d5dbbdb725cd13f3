// The listed page whose address shares most pairs of letters with the one asked for.

const pairs = (path) => new Set([...path].slice(1).map((letter, i) => path[i] + letter));
const wanted = pairs(location.pathname.toLowerCase());
const likeness = ({ pathname }) => {
  const there = pairs(pathname);
  return 2 * [...there].filter((pair) => wanted.has(pair)).length / (there.size + wanted.size);
};
const [best] = [...document.querySelectorAll(".ss-pages a")].sort((a, b) => likeness(b) - likeness(a));
if (likeness(best) > .6) document.querySelector(".ss-nearest").append("Did you mean ", best.cloneNode(true), "?");
