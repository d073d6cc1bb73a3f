#!/usr/bin/env python3
"""Prints the folders whose targets do without gRPC, in the form of CMake's PAYOUT_FOLDERS.

    grpc_free_folders.py [FOLDER...]     without these, on which nothing else may depend

ThreadSanitizer cannot see into the gRPC library, and a suppression wide enough to silence it would hide races
in our own handlers: so its build holds only what is listed here, which is the core and most adapters.
"""
import sys

from bazel_sources import ROOT, all_folders, plain_name, read_folder

# Declared in the top CMakeLists.txt. Every other library of ours that no folder here declares comes from the
# folders that are not read: the generated API and the client, which are gRPC itself.
OF_THE_TOP_LEVEL = {"boost", "warnings"}


def grpc_free_folders(root):
    declared = {folder: read_folder(root, folder) for folder in all_folders(root)}
    children = {folder: [f"{folder}/{name}" for kind, name, _, _ in rows if kind == "adds"]
                for folder, rows in declared.items()}
    # Folders that only add others give way to those.
    free = {folder for folder, rows in declared.items() if any(kind != "adds" for kind, _, _, _ in rows)}

    def stays(folder):
        known = {name for other in free for kind, name, _, _ in declared[other] if kind in ("library", "links")}
        for _, _, _, deps in declared[folder]:
            for dep in deps:
                name = plain_name(dep)
                if dep.startswith("gRPC::") or (name and name not in known | OF_THE_TOP_LEVEL):
                    return False
        return set(children[folder]) <= free

    # Whole folders only: one that needs a library of a folder that has just gone has to go as well.
    while not all(stays(folder) for folder in free):
        free = {folder for folder in free if stays(folder)}
    return sorted(free - {child for folder in free for child in children[folder]})


def main():
    folders = grpc_free_folders(ROOT)
    unknown = sorted(set(sys.argv[1:]) - set(folders))
    if unknown:
        print(f"{sys.argv[0]}: not among the folders without gRPC: {', '.join(unknown)}", file=sys.stderr)
        return 2
    print(";".join(folder for folder in folders if folder not in sys.argv[1:]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
