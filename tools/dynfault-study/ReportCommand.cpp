//===- ReportCommand.cpp - dynfault-study report --------------------------===//
//
// A study takes a minute, its report a moment; so the report can be made again
// from the numbers alone.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/Commands.h"
#include "tools/dynfault-study/report/Report.h"
#include "tools/dynfault-study/util/Csv.h"
#include "tools/dynfault-study/util/Error.h"
#include "tools/dynfault-study/util/ReportFolder.h"

#include <fmt/format.h>
#include <memory>

namespace dynfault::study {

std::function<void()> addReportCommand(CLI::App &app) {
  struct Arguments {
    std::string study, out, published;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App *command = app.add_subcommand(
      "report", "Make the report of a study again from its study.json");
  command->footer(
      "Example:\n"
      "  dynfault-study report results/study.json --out report\n"
      "The folder gets report.html, every table as CSV and every plot as "
      "SVG.\n");
  command
      ->add_option("STUDY", arguments->study,
                   "study.json that `dynfault-study run` wrote")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--out", arguments->out,
                   "Folder for the report; an older report there is replaced")
      ->type_name("DIR");
  command
      ->add_option("--published", arguments->published,
                   "Markdown file that sets the results beside the published "
                   "ones")
      ->type_name("FILE");
  return [command, arguments] {
    if (!command->parsed())
      return;
    if (arguments->out.empty() && arguments->published.empty())
      throw UsageError("give --out DIR, --published FILE, or both");
    if (!arguments->out.empty())
      checkReportFolder(arguments->out);
    try {
      const Json study = readStudy(arguments->study);
      if (!arguments->out.empty())
        writeReportFolder(arguments->out, reportFiles(study));
      if (!arguments->published.empty())
        writeMaybeGzip(arguments->published, publishedPage(study));
    } catch (const Json::exception &error) {
      throw StudyError(fmt::format("{}: lacks a member or has one of another "
                                   "kind ({}); run the study again",
                                   arguments->study, error.what()));
    }
  };
}

} // namespace dynfault::study
