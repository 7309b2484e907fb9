//===- TableCommand.cpp - dynfault-study table ----------------------------===//
//
// The table is what a corpus is shared as: small, and readable by anything.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/Commands.h"
#include "tools/dynfault-study/table/FeatureTable.h"
#include "tools/dynfault-study/util/Csv.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace dynfault::study {

std::function<void()> addTableCommand(CLI::App &app) {
  struct Arguments {
    std::string corpus, out;
    bool keepRedundant = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App *command = app.add_subcommand(
      "table", "Write a corpus as a feature table (CSV), one row per run");
  command->footer("Example:\n"
                  "  dynfault-study table corpus.sqlite --out features.csv.gz\n"
                  "`dynfault-study run` gives the same result from either. "
                  "docs/feature-table.md explains\nthe columns.\n");
  command
      ->add_option("CORPUS", arguments->corpus,
                   "Corpus file that dynfault-run wrote; it is only read")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--out", arguments->out,
                   "File to write, gzipped where its name ends in .gz")
      ->required()
      ->type_name("FILE");
  command->add_flag("--keep-redundant", arguments->keepRedundant,
                    "Keep features that are constant, or that equal another "
                    "one in every run");
  return [command, arguments] {
    if (!command->parsed())
      return;
    const std::string text =
        tableCsv(arguments->corpus,
                 arguments->keepRedundant ? Redundant::Keep : Redundant::Drop);
    writeMaybeGzip(arguments->out, text, 9);
    fmt::print("{}: {} runs\n", arguments->out,
               std::count(text.begin(), text.end(), '\n') - 1);
  };
}

} // namespace dynfault::study
