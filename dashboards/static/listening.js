// All variants of a clip play in step and one is heard, so that switching keeps the place.
// Without this script each has a player of its own, and there is nothing to choose.
"use strict";

const APART = 0.08; // Seconds by which two may be apart before one is moved.

function follow(players, heard) {
  players.filter((player) => player !== heard).forEach((player) => {
    player.playbackRate = heard.playbackRate;
    if (Math.abs(player.currentTime - heard.currentTime) > APART) player.currentTime = heard.currentTime;
    if (heard.paused && !player.paused) player.pause();
    // Refused only where a pause comes in between, which the next event mends.
    if (!heard.paused && player.paused && !player.ended) player.play().catch(() => {});
  });
}

function listen(panel) {
  const choices = [...panel.querySelectorAll("input[type=radio]")];
  const players = [...panel.querySelectorAll("audio")];
  let heard = players[0];

  function hear(place) {
    const next = players[place];
    const [muted, volume] = [heard.muted, heard.volume];
    follow(players, heard);
    players.forEach((player) => {
      player.parentElement.hidden = player !== next;
      player.muted = player === next ? muted : true;
      player.volume = volume;
    });
    heard = next;
  }

  choices.forEach((choice, place) => choice.addEventListener("change", () => hear(place)));
  ["play", "pause", "seeked", "timeupdate", "ratechange"].forEach((kind) => {
    panel.addEventListener(kind, (event) => event.target === heard && follow(players, heard), true);
  });
  panel.classList.add("in-step");
  hear(Math.max(0, choices.findIndex((choice) => choice.checked)));
}

document.querySelectorAll(".listening").forEach(listen);
