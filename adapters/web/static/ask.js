// Adds each answer to the page instead of loading a new one. Without it, the forms work as they are.
"use strict";
const answers = document.getElementById("answers");
const question = document.getElementById("question");
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
    if (response.ok) showAnswer(page.querySelector(".answer"), form);
    else showProblem(page.querySelector(".problem"));
  } catch {
    const problem = document.createElement("p");
    problem.className = "problem";
    problem.textContent = said.failed;
    showProblem(problem);
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
    status.textContent = "";
  }
});

function showAnswer(answer, form) {
  clearProblem();
  document.getElementById("examples")?.remove();
  answers.append(answer);
  if (form.id === "ask") form.reset();
  answer.querySelector("h2").focus({ preventScroll: true });
  answer.scrollIntoView({ block: "start" });
}

function showProblem(problem) {
  clearProblem();
  problem.id = "problem";
  problem.setAttribute("role", "alert");
  question.before(problem);
  question.setAttribute("aria-invalid", "true");
  question.setAttribute("aria-describedby", "hint problem");
  question.focus();
}

function clearProblem() {
  document.getElementById("problem")?.remove();
  question.removeAttribute("aria-invalid");
  question.setAttribute("aria-describedby", "hint");
}
