// Makes the same two renditions of each picture with sharp, in the way that is fastest here.
// Reads one line of JSON {"files": [...], "way": "twice" | "once", "parallel": n} per round from
// standard input and answers with the seconds that the round took, by the clock and of the CPU.
import { createInterface } from "node:readline";
import sharp from "sharp";

const WEBP = { quality: 80, effort: 4 };
const SIDES = [1600, 400];

sharp.cache(false); // every round reads and decodes again, as it is with new uploads

function inside(side) {
  return { width: side, height: side, fit: "inside", withoutEnlargement: true };
}

const ways = {
  // Each size from the file: JPEGs are decoded at a reduced size, for each size its own.
  async twice(file) {
    await Promise.all(
      SIDES.map((side) => sharp(file).rotate().resize(inside(side)).webp(WEBP).toBuffer()),
    );
  },
  // The small one from the large one, before that is encoded.
  async once(file) {
    const { data, info } = await sharp(file)
      .rotate()
      .resize(inside(SIDES[0]))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const raw = { raw: { width: info.width, height: info.height, channels: info.channels } };
    await Promise.all([
      sharp(data, raw).webp(WEBP).toBuffer(),
      sharp(data, raw).resize(inside(SIDES[1])).webp(WEBP).toBuffer(),
    ]);
  },
};

async function round({ files, way, parallel }) {
  const used = process.cpuUsage();
  const begun = process.hrtime.bigint();
  let next = 0;
  const worker = async () => {
    while (next < files.length) await ways[way](files[next++]);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  const { user, system } = process.cpuUsage(used);
  return { seconds: Number(process.hrtime.bigint() - begun) / 1e9, cpu: (user + system) / 1e6 };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ ...(await round(JSON.parse(line))), versions: sharp.versions }));
}
