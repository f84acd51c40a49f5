// A file that is too large for one call, sent in parts.

import { post, putBytes } from "./api.js";

/** The id of the upload when all of it is there; `told` hears which share that is. */
export async function sentInParts(file, told) {
  const upload = await post("uploads/", { name: file.name, size_bytes: file.size });
  for (let number = 1; number <= upload.parts; number += 1) {
    const start = (number - 1) * upload.part_bytes;
    await putBytes(`uploads/${upload.id}/parts/${number}/`, file.slice(start, start + upload.part_bytes));
    told(number / upload.parts);
  }
  await post(`uploads/${upload.id}/finish/`, {});
  return upload.id;
}
