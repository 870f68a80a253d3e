function (newDoc, oldDoc, userCtx) {
  if (userCtx.roles.indexOf("_admin") !== -1) return;
  if (userCtx.roles.indexOf("gerbang.gathers") !== -1) return;
  if (oldDoc) throw { forbidden: "it is there already" };
  if (newDoc._deleted) throw { forbidden: "nothing is deleted" };
  if (newDoc._id.indexOf(userCtx.name + ":") !== 0) throw { forbidden: "another's name" };
  for (var member in newDoc) {
    if (["_id", "_rev", "_revisions", "v", "entries", "checkpoint", "parts"].indexOf(member) === -1) {
      throw { forbidden: "an unknown member" };
    }
  }
  if (JSON.stringify(newDoc).length > 8388608) throw { forbidden: "too long" };
}
