// Draws one Slack message, modal or App Home with slack-blocks-to-jsx; bundled by benchmarks/slack_pictures.py.
import React from "react";
import { createRoot } from "react-dom/client";
import { Message } from "slack-blocks-to-jsx";
import "slack-blocks-to-jsx/dist/style.css";

const LOGO =
  "data:image/svg+xml," +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><rect width="36" height="36" fill="#005eb8"/>' +
      '<path d="M8 9h14l6 5-6 5H8z" fill="#fff"/><path d="M16 19h3v10h-3z" fill="#fff"/></svg>',
  );
const bar = { display: "flex", justifyContent: "space-between", fontWeight: 900, fontSize: 20, padding: "4px 4px 12px" };
const foot = { display: "flex", justifyContent: "flex-end", gap: 12, padding: "12px 4px 4px", fontWeight: 700 };
const data = { users: [{ id: "U0123456789", name: "a colleague" }], channels: [], user_groups: [] };

function Shown({ shown, theme }) {
  const view = Array.isArray(shown) ? null : shown;
  const inside = (
    <Message
      blocks={view ? view.blocks : shown}
      {...{ theme, data }}
      logo={LOGO}
      name="Signpost"
      time={new Date(2026, 10, 20, 9, 30)}
      withoutWrapper={view !== null}
    />
  );
  return (
    <div className={`${view ? view.type : "message"} ${theme}`} data-theme={theme}>
      {view?.title && <div style={bar}>{view.title.text}<span>✕</span></div>}
      {inside}
      {view?.close && <div style={foot}><span>{view.close.text}</span><span>{view.submit?.text}</span></div>}
    </div>
  );
}

window.draw = (shown, theme) => createRoot(document.getElementById("root")).render(<Shown {...{ shown, theme }} />);
