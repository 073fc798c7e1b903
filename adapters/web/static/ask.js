// Adds each answer to the page instead of loading a new one. Without it, the forms work as they are.
"use strict";
const answers = document.getElementById("answers");
const status = document.getElementById("status");
const said = document.currentScript.dataset;

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const body = new URLSearchParams(new FormData(form, event.submitter));
  event.preventDefault();
  const buttons = [...form.querySelectorAll("button")];
  buttons.forEach((button) => { button.disabled = true; });
  status.textContent = said.waiting;
  try {
    const response = await fetch("/", { method: "POST", body, headers: { "Signpost-Fragment": "1" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    show(response.ok ? page.querySelector(".answer") : page.querySelector(".problem"), form);
  } catch {
    const problem = document.createElement("p");
    problem.className = "problem";
    problem.textContent = said.failed;
    show(problem, form);
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
    status.textContent = "";
  }
});

function show(part, form) {
  document.querySelectorAll(".problem").forEach((old) => old.remove());
  if (part.classList.contains("problem")) {
    part.setAttribute("role", "alert");
    document.getElementById("ask").prepend(part);
    document.getElementById("question").focus();
    return;
  }
  answers.append(part);
  if (form.id === "ask") form.reset();
  const heading = part.querySelector("h2");
  heading.focus({ preventScroll: true });
  part.scrollIntoView({ block: "start" });
}
