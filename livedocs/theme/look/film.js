// Films in the place of their posters: played as a whole, or step by step.

const CLOSE = 0.05;  // seconds: a step has happened if the film is so near its end

const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

class Film {
  constructor(figure) {
    this.video = figure.querySelector("video");
    this.before = figure.querySelector(".ss-poster, .ss-demo__stage");
    this.back_ = figure.querySelector("[data-film=back]");
    this.next_ = figure.querySelector("[data-film=next]");
    this.status = figure.querySelector("output");
    this.steps = [...figure.querySelectorAll("[data-at]")];
    this.light = this.video.getAttribute("src");
    this.video.addEventListener("timeupdate", () => this.tell());
  }

  // How many steps have happened.
  get happened() {
    return this.steps.filter(step => step.dataset.at - CLOSE <= this.video.currentTime).length;
  }

  // It has the colours of the page. As a whole it can be wound back on every server.
  async dress() {
    const isDark = "dark" in this.video.dataset
      && document.body.dataset.mdColorScheme === "slate";
    const name = this.light.replace(".mp4", isDark ? "-dark" : "");
    if (this.name === name) return this.ready;
    this.name = name;
    this.video.poster = `${name}.avif`;
    const { currentTime } = this.video;
    this.ready = fetch(`${name}.mp4`).then(answer => answer.blob()).then(film => {
      URL.revokeObjectURL(this.video.src);
      this.video.src = URL.createObjectURL(film);
      this.video.currentTime = currentTime;
    }).catch(() => { this.video.src = `${name}.mp4`; });  // the player says what is wrong
    return this.ready;
  }

  async open() {
    if (this.video.hidden && this.before.matches("a")) this.offerAgain();
    this.before.hidden = true;
    this.video.hidden = false;
    await this.dress();
  }

  // Its poster was to be clicked on, and is gone.
  offerAgain() {
    const button = this.next_.cloneNode();
    button.dataset.film = "watch";
    button.textContent = "Watch";
    this.back_.before(button, " ");
  }

  async watch() {
    await this.open();
    this.until = Infinity;
    this.video.controls = true;
    if (this.video.ended || this.happened === this.steps.length) this.video.currentTime = 0;
    this.video.play();
    this.video.focus();
  }

  async next() {
    await this.open();
    const step = this.steps[this.happened];
    if (!step) return;
    this.video.controls = false;  // they would cover what is to be seen when it rests
    this.until = Number(step.dataset.at);
    if (isCalm.matches) return this.show(this.until);
    this.video.play();
    const look = () => {
      if (this.until === Infinity || this.video.paused) return;
      if (this.video.currentTime < this.until) return requestAnimationFrame(look);
      this.video.pause();
      this.tell();
    };
    look();
  }

  async back() {
    await this.open();
    this.show(this.steps[this.happened - 2]?.dataset.at ?? 0);
  }

  show(second) {
    this.video.controls = false;
    this.video.pause();
    this.video.currentTime = second;
    this.tell();
  }

  // Name the step that has happened, in the transcript as well.
  tell() {
    const count = this.happened;
    const step = this.steps[count - 1];
    this.back_.disabled = !count;
    this.next_.disabled = count === this.steps.length;
    for (const it of this.steps) it.toggleAttribute("aria-current", it === step);
    const text = step ? `${count} of ${this.steps.length}: ${step.textContent}` : "";
    if (this.status.textContent !== text) this.status.textContent = text;
  }
}

const known = new Map();

export const films = {
  of(wish) {
    const figure = wish.closest(".ss-demo");
    if (!known.has(figure)) known.set(figure, new Film(figure));
    return known.get(figure);
  },
};

new MutationObserver(() => {
  for (const film of known.values()) if (film.video.paused) film.dress();
}).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
